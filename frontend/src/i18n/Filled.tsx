import { Fragment, type ReactNode } from "react";

/** A sentence with pieces of the page in it: `{name}` in `text` stands for `parts.name`, wherever a language puts it. */
export function Filled({ text, parts }: { text: string; parts: Readonly<Record<string, ReactNode>> }) {
  return text.split(/\{(\w+)\}/).map((piece, index) => {
    // Every other piece is a name.
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a sentence stay where they are
    return <Fragment key={index}>{index % 2 === 0 ? piece : parts[piece]}</Fragment>;
  });
}
