// A non-negative number in decimal, exactly: what the fast paths of `number.ts` and `format.ts` fall back on, and what digits
// beyond the 17th come from. Limbs of nine digits: limb i stands for limb · 10^(9i); the fraction has negative i.

const BASE: u32 = 1000000000;
const LOWEST = -190;
const HIGHEST = 40;
const LIMBS: usize = memory.data((HIGHEST - LOWEST + 1) * 4, 4);
const POWERS = memory.data<u32>([1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000], 4);

/** The limbs in use; above `high` and below `low` all are zero. */
let low: i32 = 0;
let high: i32 = 0;

// @ts-ignore: decorator
@inline function at(i: i32): usize {
  return LIMBS + (<usize>(i - LOWEST) << 2);
}

/** Division of a position by nine, rounded down. */
function limbOf(position: i32): i32 {
  return (position + 9000) / 9 - 1000;
}

function powerWithin(position: i32): u32 {
  return load<u32>(POWERS + (<usize>(position + 9000) % 9 << 2));
}

/** Becomes `integer · 2^exponent`. */
export function loadBinary(integer: u64, exponent: i32): void {
  low = 0;
  high = 0;
  store<u32>(at(0), <u32>(integer % BASE));
  for (let rest = integer / BASE; rest; rest /= BASE) store<u32>(at(++high), <u32>(rest % BASE));
  for (let k = exponent; k > 0; k -= 29) timesPowerOfTwo(min(k, 29));
  for (let k = -exponent; k > 0; k -= 9) dividedByPowerOfTwo(min(k, 9));
}

/** Becomes `integer · 10^exponent`. */
export function loadDecimal(integer: u64, exponent: i32): void {
  low = limbOf(exponent);
  high = low;
  store<u32>(at(low), 0);
  for (let position = exponent; integer; position++) {
    const limb = limbOf(position);
    if (limb > high) store<u32>(at(++high), 0);
    store<u32>(at(limb), load<u32>(at(limb)) + <u32>(integer % 10) * powerWithin(position));
    integer /= 10;
  }
  clearBetween();
}

/** Becomes the decimal digits in `[from, to)`, of which those that are not digits are skipped, times 10^exponent. */
export function loadDigits(from: usize, to: usize, exponent: i32): void {
  let count = 0;
  while (from < to && !(<u32>load<u8>(from) - 49 < 9)) from++;
  for (let p = from; p < to; p++) count += i32(<u32>load<u8>(p) - 48 < 10);
  let position = exponent + count - 1;
  high = limbOf(position);
  low = high + 1;
  for (let p = from; p < to; p++) {
    const digit = <u32>load<u8>(p) - 48;
    if (digit >= 10) continue;
    const limb = limbOf(position);
    if (limb < LOWEST + 12) {
      if (digit) store<u32>(at(low), load<u32>(at(low)) | 1); // only that something follows still counts
    } else {
      if (limb < low) store<u32>(at(--low), 0);
      store<u32>(at(limb), load<u32>(at(limb)) + digit * powerWithin(position));
    }
    position--;
  }
  clearBetween();
}

/** Limbs between the number and the decimal point are zero, not left over. */
function clearBetween(): void {
  while (high < 0) store<u32>(at(++high), 0);
  while (low > 0) store<u32>(at(--low), 0);
  trim();
}

function trim(): void {
  while (high > 0 && load<u32>(at(high)) == 0) high--;
  while (low < 0 && load<u32>(at(low)) == 0) low++;
}

/** k ≤ 29. */
function timesPowerOfTwo(k: i32): void {
  let carry: u64 = 0;
  for (let i = low; i <= high; i++) {
    const limb = (<u64>load<u32>(at(i)) << k) + carry;
    carry = limb / BASE;
    store<u32>(at(i), <u32>(limb - carry * BASE));
  }
  if (carry) store<u32>(at(++high), <u32>carry);
  trim();
}

/** k ≤ 9, so that a limb's remainder fills exactly one limb below. */
function dividedByPowerOfTwo(k: i32): void {
  let carry: u32 = 0;
  const mask: u32 = (1 << k) - 1;
  for (let i = high; i >= low; i--) {
    const limb = load<u32>(at(i));
    store<u32>(at(i), (limb >> k) + carry);
    carry = (limb & mask) * (BASE >> k);
  }
  if (carry) {
    if (low > LOWEST) store<u32>(at(--low), carry);
    else store<u32>(at(low), load<u32>(at(low)) | 1);
  }
  trim();
}

/** The digit that stands for 10^position. */
export function digit(position: i32): u32 {
  const limb = limbOf(position);
  if (limb < low || limb > high) return 0;
  return load<u32>(at(limb)) / powerWithin(position) % 10;
}

/** Position of the first digit that is not zero; 0 for zero. */
export function leadingPosition(): i32 {
  let limb = high;
  while (limb > low && load<u32>(at(limb)) == 0) limb--;
  let position = limb * 9 + 8;
  const last = limb * 9;
  while (position > last && digit(position) == 0) position--;
  return load<u32>(at(limb)) ? position : 0;
}

/** Whether what stands below 10^position is exactly half of it. */
export function isHalfBelow(position: i32): bool {
  if (digit(position - 1) != 5) return false;
  for (let p = position - 2; p >= low * 9; p--) if (digit(p)) return false;
  return true;
}

/** Rounds to a multiple of 10^position, ties away from zero. What stands below is left there. */
export function round(position: i32): void {
  if (digit(position - 1) < 5) return;
  let limb = limbOf(position);
  while (high < limb) store<u32>(at(++high), 0);
  while (low > limb) store<u32>(at(--low), 0);
  let carry = powerWithin(position);
  for (;;) {
    const sum = load<u32>(at(limb)) + carry;
    if (sum < BASE) {
      store<u32>(at(limb), sum);
      return;
    }
    store<u32>(at(limb), sum - BASE);
    carry = 1;
    if (++limb > high) store<u32>(at(++high), 0);
  }
}

/** The number divided by 10^position, rounded down; must be below 2^64. */
export function integerAt(position: i32): u64 {
  let integer: u64 = 0;
  for (let p = max(leadingPosition(), position); p >= position; p--) integer = integer * 10 + digit(p);
  return integer;
}

/** The nearest double, ties to even, as parsing wants it. */
export function toDouble(): f64 {
  let exponent = 0;
  for (; high > 1; exponent += 9) dividedByPowerOfTwo(9);
  if (low == high && load<u32>(at(high)) == 0) return 0;
  let integer: u64;
  while ((integer = integerPart()) < (<u64>1) << 55) {
    const k = integer == 0 ? 29 : 4;
    timesPowerOfTwo(k);
    exponent -= k;
  }
  return binaryToDouble(integer, low < 0, exponent);
}

/** The number must be below 10^18. */
function integerPart(): u64 {
  return (high > 0 ? <u64>load<u32>(at(1)) * BASE : 0) + load<u32>(at(0));
}

/** `(integer + a fraction if there is more) · 2^exponent` as the nearest double, ties to even; infinity when too large. */
export function binaryToDouble(integer: u64, more: bool, exponent: i32): f64 {
  if (integer == 0) return 0;
  const surplus = max(64 - <i32>clz(integer) - 53, -1074 - exponent);
  if (surplus > 64) return 0;
  if (surplus > 0) {
    const rest = surplus == 64 ? integer : integer & (((<u64>1) << surplus) - 1), half = (<u64>1) << (surplus - 1);
    integer = surplus == 64 ? 0 : integer >> surplus;
    if (rest > half || (rest == half && (more || (integer & 1)))) integer++;
    exponent += surplus;
  }
  if (exponent > 1023) return Infinity;
  // integer ≤ 2^53: both steps are exact, or overflow as they should
  let n = <f64>integer;
  if (exponent > 900) { n *= powerOfTwo(900); exponent -= 900; }
  else if (exponent < -900) { n *= powerOfTwo(-900); exponent += 900; }
  return n * powerOfTwo(exponent);
}

/** -1022 ≤ k ≤ 1023. */
// @ts-ignore: decorator
@inline export function powerOfTwo(k: i32): f64 {
  return reinterpret<f64>(<u64>(k + 1023) << 52);
}
