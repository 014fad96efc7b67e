// Powers of ten as 128-bit fractions, for both directions between text and double. 5^k is put together from a coarse table
// (every 28th power) and a fine one, as in Dragonbox's compact tables: 640 bytes in place of 11 KB.

/** 5^(28a) for a = -13…12: high and low word, top bit set, rounded to nearest. */
const COARSE = memory.data<u64>([
  0xe1afa13afbd14d6d, 0x82189c09a3a1ec21,
  0xe3e27a444d8d98b7, 0xfd1b1b2308169b25,
  0xe61acf033d1a45df, 0x6fb92487298e33be,
  0xe858ad248f5c22c9, 0xd1b3400f8f9cff69,
  0xea9c227723ee8bcb, 0x465e15a979c1cadc,
  0xece53cec4a314ebd, 0xa4f8bf5635246428,
  0xef340a98172aace4, 0x86fb897116c87c35,
  0xf18899b1bc3f8ca1, 0xdc44e6c3cb279ac2,
  0xf3e2f893dec3f126, 0x5a89dba3c3efccfb,
  0xf64335bcf065d37d, 0x4d4617b5ff4a16d6,
  0xf8a95fcf88747d94, 0x75a44c6397ce912a,
  0xfb158592be068d2e, 0xeed6e2f0f0d56713,
  0xfd87b5f28300ca0d, 0x8bca9d6e188853fc,
  0x8000000000000000, 0x0,
  0x813f3978f8940984, 0x4000000000000000,
  0x82818f1281ed449f, 0xbff8f10e7a8921a4,
  0x83c7088e1aab65db, 0x792667c6da79e0fa,
  0x850fadc09923329e, 0x03e2cf6bc604ddb0,
  0x865b86925b9bc5c2, 0x0b8a2392ba45a9b2,
  0x87aa9aff79042286, 0x90fb44d2f05d0843,
  0x88fcf317f22241e2, 0x441fece3bdf81f03,
  0x8a5296ffe33cc92f, 0x82bd6b70d99aaa70,
  0x8bab8eefb6409c1a, 0x1ad089b6c2f7548e,
  0x8d07e33455637eb2, 0xdb0b487b6423e1e8,
  0x8e679c2f5e44ff8f, 0x570f09eaa7ea7648,
  0x8fcac257558ee4e6, 0x213a4f0aa5e8a7b2,
], 8);

/** 5^b for b = 0…27. */
const FINE = memory.data<u64>([
  1, 5, 25, 125, 625, 3125, 15625, 78125, 390625, 1953125, 9765625, 48828125, 244140625, 1220703125, 6103515625, 30517578125,
  152587890625, 762939453125, 3814697265625, 19073486328125, 95367431640625, 476837158203125, 2384185791015625,
  11920928955078125, 59604644775390625, 298023223876953125, 1490116119384765625, 7450580596923828125,
], 8);

/** The smallest and largest exponent that `powerOfTen` knows. */
export const LEAST_POWER = -364;
export const GREATEST_POWER = 363;

/** Low word of the latest `multiply`. */
export let productLow: u64 = 0;

/** High word of the 128-bit product. */
export function multiply(a: u64, b: u64): u64 {
  const aLow = a & 0xffffffff, aHigh = a >> 32, bLow = b & 0xffffffff, bHigh = b >> 32;
  const low = aLow * bLow, middle = aHigh * bLow + (low >> 32), cross = aLow * bHigh + (middle & 0xffffffff);
  productLow = (cross << 32) | (low & 0xffffffff);
  return aHigh * bHigh + (middle >> 32) + (cross >> 32);
}

export let powerHigh: u64 = 0;
export let powerLow: u64 = 0;
export let powerExponent: i32 = 0;

/** A power is exact when it is at least 1 and fits into 128 bits. */
// @ts-ignore: decorator
@inline export function isExactPower(k: i32): bool {
  return <u32>k <= 55;
}

/** 10^k ≈ (powerHigh · 2^64 + powerLow) · 2^powerExponent, top bit set, relative error below 2^-125, none for an exact power. */
export function powerOfTen(k: i32): void {
  const a = (k - LEAST_POWER) / 28, b = k - LEAST_POWER - a * 28;
  const coarse = COARSE + (<usize>a << 4);
  let high = load<u64>(coarse), low = load<u64>(coarse, 8);
  if (b) {
    const fine = load<u64>(FINE + (<usize>b << 3)), factor = fine << clz(fine);
    const carry = multiply(low, factor);
    let lowest = productLow;
    high = multiply(high, factor);
    low = productLow + carry;
    if (low < carry) high++;
    if (<i64>high > 0) {
      high = (high << 1) | (low >> 63);
      low = (low << 1) | (lowest >> 63);
    }
  }
  powerHigh = high;
  powerLow = low;
  powerExponent = ((k * 1741647) >> 19) - 127;
}

/** Three words of the product of a 64-bit number and the current power, from the top. */
export let scaledHigh: u64 = 0;
export let scaledMiddle: u64 = 0;
export let scaledLow: u64 = 0;

export function multiplyByPower(m: u64): void {
  const carry = multiply(powerLow, m);
  scaledLow = productLow;
  const high = multiply(powerHigh, m), middle = productLow + carry;
  scaledMiddle = middle;
  scaledHigh = high + u64(middle < carry);
}
