// Which root context (plugin configuration) a stream belongs to. As long as the VM has one root context that is no question, and
// nothing is remembered.
import { allocPermanent } from "./memory/arena";
import { closeRoot, switchRoot } from "./state";

// @ts-ignore: decorator
@unmanaged
class Stream {
  context: u32;
  root: u32;
  next: Stream | null;
}

const BUCKETS: u32 = 1024;
// @ts-ignore: decorator
@lazy const buckets: usize = memory.data(1024 * 4, 4);
let unused: Stream | null = null;

/** The root context of all streams that are not remembered. */
let firstRoot: u32 = 0;
let severalRoots: bool = false;

function bucketOf(context: u32): usize {
  return buckets + ((context & (BUCKETS - 1)) << 2);
}

/** A context was created; `root` is 0 for a root context. */
export function noteContext(context: u32, root: u32): void {
  if (!root) {
    if (firstRoot) severalRoots = true;
    else firstRoot = context;
  } else if (severalRoots) remember(context, root);
}

function remember(context: u32, root: u32): void {
  const stream = unused || changetype<Stream>(allocPermanent(offsetof<Stream>())),
    bucket = bucketOf(context);
  if (changetype<usize>(stream) == changetype<usize>(unused)) unused = stream.next;
  stream.context = context;
  stream.root = root;
  stream.next = load<Stream | null>(bucket);
  store<Stream>(bucket, stream);
}

/** Makes the script's variables those of the stream's root context. */
export function enterRootOf(context: u32): void {
  let stream = severalRoots ? load<Stream | null>(bucketOf(context)) : null;
  while (stream && stream.context != context) stream = stream.next;
  switchRoot(stream ? stream.root : firstRoot);
}

/** The context, root or stream, is gone. */
export function forgetContext(context: u32): void {
  let link = bucketOf(context),
    stream = load<Stream | null>(link);
  while (stream) {
    if (stream.context == context) {
      store<Stream | null>(link, stream.next);
      stream.next = unused;
      unused = stream;
      return;
    }
    link = changetype<usize>(stream) + offsetof<Stream>("next");
    stream = stream.next;
  }
  closeRoot(context);
}
