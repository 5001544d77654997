import { createServer, request, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";

/** A proxy as an operator would put in front: the server lives under a path prefix, which it takes off. */
export async function prefixProxy(
  target: string,
  prefix: string,
): Promise<{ url: string; close: () => void }> {
  const { hostname, port } = new URL(target);
  const inner = (path: string) => path.slice(prefix.length) || "/";
  const proxy: Server = createServer((incoming, outgoing) => {
    if (!incoming.url?.startsWith(`${prefix}/`)) {
      outgoing.writeHead(404).end();
      return;
    }
    const options = {
      hostname,
      port,
      path: inner(incoming.url),
      method: incoming.method,
      headers: incoming.headers,
    };
    const onward = request(options, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    incoming.pipe(onward);
  });
  proxy.on("upgrade", (incoming, socket, head) => {
    if (!incoming.url?.startsWith(`${prefix}/`)) {
      socket.destroy();
      return;
    }
    const onward = connect(Number(port), hostname, () => {
      const headers = Object.entries(incoming.headers).map(([name, value]) => `${name}: ${value}`);
      onward.write([`GET ${inner(incoming.url ?? "")} HTTP/1.1`, ...headers, "", ""].join("\r\n"));
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    onward.on("error", () => socket.destroy());
    socket.on("error", () => onward.destroy());
  });
  await new Promise<void>((ready) => proxy.listen(0, "127.0.0.1", ready));
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}${prefix}/`;
  return {
    url,
    close: () => {
      proxy.close();
      proxy.closeAllConnections();
    },
  };
}
