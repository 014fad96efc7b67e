import { exact, methodsOf } from "./method.js";

export const publicKeyMethods = methodsOf("PublicKey", [
  { name: "get", results: [{ type: "string", absent: 1 }], since: "1.11", fidelity: exact },
]);
