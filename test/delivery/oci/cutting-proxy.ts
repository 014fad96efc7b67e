import { createConnection, createServer, type Socket } from "node:net";

export interface Cuts {
  /** After so many bytes from the client, all connections counted together: in the middle of a request. */
  readonly afterBytes?: readonly number[];
  /** The n-th PATCH (from 1) is cut before the registry hears of it. */
  readonly beforePatches?: readonly number[];
}

export interface CuttingProxy {
  readonly host: string;
  cutsLeft(): number;
  /** From the client to the registry. */
  passedBytes(): number;
  stop(): Promise<void>;
}

/** Hands bytes on between a client and `targetPort`, and cuts connections as it is told. */
export async function cuttingProxy(
  targetPort: number,
  { afterBytes = [], beforePatches = [] }: Cuts,
): Promise<CuttingProxy> {
  const byteCuts = [...afterBytes];
  const patchCuts = [...beforePatches];
  const sockets = new Set<Socket>();
  let passed = 0;
  let patches = 0;
  const server = createServer((client) => {
    const target = createConnection(targetPort, "127.0.0.1");
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    }
    client.on("close", () => target.destroy());
    target.on("close", () => client.destroy());
    target.on("data", (bytes) => client.write(bytes));
    client.on("data", (bytes) => {
      if (bytes.toString("latin1", 0, 6) === "PATCH " && patchCuts[0] === ++patches) {
        patchCuts.shift();
        client.resetAndDestroy();
        return;
      }
      passed += bytes.length;
      target.write(bytes, () => {
        if (byteCuts[0] === undefined || passed < byteCuts[0]) return;
        byteCuts.shift();
        client.resetAndDestroy();
        target.end();
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { readonly port: number };
  return {
    host: `localhost:${port}`,
    cutsLeft: () => byteCuts.length + patchCuts.length,
    passedBytes: () => passed,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
