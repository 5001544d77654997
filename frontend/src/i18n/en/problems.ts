/**
 * What the server says of each problem, by its code, for readers of another language: the server speaks English. A
 * code that is not there stays as the server has it.
 */
export const problems: Readonly<Record<string, { message: string; hint: string }>> = {};
