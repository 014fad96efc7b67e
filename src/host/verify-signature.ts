import { createPublicKey, createVerify, type KeyObject } from "node:crypto";
import { encodeFields, fieldsOf } from "./protobuf-value.js";
import { Result, type ResultCode } from "./result.js";

const HASHES = new Set(["sha1", "sha224", "sha256", "sha384", "sha512"]);

/** Envoy's foreign function `verify_signature`: VerifySignatureArguments {1 hash, 2 key, 3 signature, 4 text} → VerifySignatureResult {1 holds, 2 error}. */
export function verifySignature(argument: Buffer): Uint8Array | ResultCode {
  const fields = fieldsOf(argument);
  const [hash, der, signature, text] = [1, 2, 3, 4].map((number) => fields.get(number) ?? Buffer.alloc(0));
  const key = publicKey(der!);
  if (key === undefined) return Result.badArgument;
  const name = hash!.toString("latin1");
  if (!HASHES.has(name.toLowerCase())) return failure(`${name} is not supported.`);
  if (key.asymmetricKeyType !== "rsa" && key.asymmetricKeyType !== "ec")
    return failure("Failed to initialize digest verify.");
  const holds = createVerify(name.toLowerCase()).update(text!).verify(key, signature!);
  return holds ? encodeFields([[1, 1]]) : failure("Failed to verify digest. Error code: 0");
}

function failure(error: string): Uint8Array {
  return encodeFields([[2, Buffer.from(error, "latin1")]]);
}

function publicKey(der: Buffer): KeyObject | undefined {
  try {
    return createPublicKey({ key: der, format: "der", type: "spki" });
  } catch {
    return undefined;
  }
}
