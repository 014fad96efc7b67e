// Public keys and signatures. The cryptography is Envoy's, behind a foreign function; the module keeps the keys, with the
// binding's ways: a key is known by its bytes up to the first NUL, and within one run up to a suspension only the first import counts.
import { Builder } from "../builder";
import { cString } from "../c-string";
import { raiseText } from "../error";
import { callForeign } from "../host";
import { alloc } from "../memory/arena";
import { addText, Fields } from "../protobuf";
import { run } from "../run";
import { EMPTY, Str } from "../str";
import { boolean, nil, string } from "../value";
import { Values } from "../values";
import { EnvoyObject, mortal, PUBLIC_KEY } from "./object";

/** What `importPublicKey` gives. */
// @ts-ignore: decorator
@unmanaged
export class PublicKey extends EnvoyObject {
  /** By what the key is known; null when it could not be imported. */
  get(line: i32 = 0): Str | null {
    this.checkAlive(line);
    return handle.byteLength ? handle : null;
  }
}

/** The key that was imported first since the run was resumed. */
let handle: Str = EMPTY;
let handleEpoch: u32 = 0;

// @ts-ignore: decorator
@unmanaged
class StoredKey {
  next: StoredKey | null;
  handle: Str;
  der: Str;
}

/** `size` is trusted by the binding; here it ends at the end of the string. */
export function importKey(der: Str, size: i32): PublicKey {
  if (handleEpoch != run.epoch) {
    const bytes = upTo(der, size);
    handle = isKey(bytes) ? cString(der) : EMPTY;
    handleEpoch = run.epoch;
    const name = upTo(cString(der), size);
    if (handle.byteLength && !find(name)) remember(name, bytes);
  }
  return mortal<PublicKey>(PUBLIC_KEY);
}

function upTo(s: Str, size: i32): Str {
  return size <= 0 ? EMPTY : <u32>size >= s.byteLength ? s : s.slice(0, <u32>size);
}

function find(name: Str): StoredKey | null {
  let key = changetype<StoredKey | null>(run.keys);
  while (key && key.handle != name) key = key.next;
  return key;
}

function remember(name: Str, der: Str): void {
  const key = changetype<StoredKey>(alloc(offsetof<StoredKey>()));
  key.next = changetype<StoredKey | null>(run.keys);
  key.handle = name;
  key.der = der;
  run.keys = changetype<usize>(key);
}

const VERIFY_SIGNATURE = Str.of("verify_signature");
const SHA256 = Str.of("sha256");
const INITIALIZATION_FAILED = Str.of("Failed to initialize digest verify.");

/** Whether Envoy can do something with the key: it refuses a call with one that it cannot load. */
function isKey(der: Str): bool {
  if (!der.byteLength) return false;
  const reply = verify(SHA256, der, EMPTY, EMPTY);
  return reply ? errorOf(reply) != INITIALIZATION_FAILED : false;
}

/** True and nil, or false and why not. */
export function verifyWith(hash: Str, name: Str, signature: Str, signatureSize: i32, data: Str, dataSize: i32, line: i32): Values {
  const key = find(name);
  if (!key) raiseText("invalid public key", line);
  const reply = verify(hash, key!.der, upTo(signature, signatureSize), upTo(data, dataSize)),
    holds = reply ? isTrue(reply) : false,
    list = Values.create(2).add(boolean(holds));
  return list.add(holds || !reply ? nil : string(errorOf(reply)));
}

/** Fields of VerifySignatureArguments: 1 hash, 2 key, 3 signature, 4 text. */
function verify(hash: Str, der: Str, signature: Str, text: Str): Str | null {
  const argument = Builder.create(256);
  addText(argument, 1, hash);
  addText(argument, 2, der);
  addText(argument, 3, signature);
  addText(argument, 4, text);
  return callForeign(VERIFY_SIGNATURE, argument.finish());
}

/** Fields of VerifySignatureResult: 1 whether it holds, 2 the error. */
function isTrue(reply: Str): bool {
  let holds = false;
  for (const field = Fields.of(reply.bytes, reply.byteLength); field.next(); ) if (field.number == 1) holds = field.raw != 0;
  return holds;
}

function errorOf(reply: Str): Str {
  let error = EMPTY;
  for (const field = Fields.of(reply.bytes, reply.byteLength); field.next(); ) if (field.number == 2) error = field.text;
  return error;
}
