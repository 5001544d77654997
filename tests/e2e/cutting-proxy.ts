import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A connection as one has it in a train: everything passes, until it is cut, and again once it is restored. */
export class CuttingProxy {
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((client) => this.pass(client));
  private isCut = false;
  private room = Number.POSITIVE_INFINITY;
  /** Bytes that went to the server. */
  passedBytes = 0;
  url = "";

  constructor(private readonly target: string) {}

  async start(): Promise<void> {
    await new Promise<void>((ready) => this.server.listen(0, "127.0.0.1", ready));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Cuts everything off after so many more bytes to the server. */
  cutAfter(bytes: number): void {
    this.room = bytes;
  }

  get hasCut(): boolean {
    return this.isCut;
  }

  restore(): void {
    this.isCut = false;
    this.room = Number.POSITIVE_INFINITY;
  }

  close(): void {
    this.cut();
    this.server.close();
  }

  private cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
  }

  private pass(client: Socket): void {
    if (this.isCut) {
      client.destroy();
      return;
    }
    const { hostname, port } = new URL(this.target);
    const onward = connect(Number(port), hostname);
    for (const socket of [client, onward]) {
      this.sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        this.sockets.delete(socket);
        client.destroy();
        onward.destroy();
      });
    }
    client.on("data", (data: Buffer) => {
      this.passedBytes += data.length;
      this.room -= data.length;
      onward.write(data);
      if (this.room <= 0) this.cut();
    });
    onward.pipe(client);
  }
}
