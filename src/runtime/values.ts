// Lists of values (`...`, several results) and the results of calls. A function returns its first result (nil if there is
// none) and sets `resultCount`; the others lie where `resultsAt` points and are good until the next call.
import { raiseOutOfMemory } from "./error";
import { allocObject, VALUES } from "./memory/heap";
import { absent, nil, Value } from "./value";

/**
 * A list of values: [count u32][capacity u32][value …]. What adds to it returns the list, which may have moved.
 */
// @ts-ignore: decorator
@unmanaged
export class Values {
  count: u32;
  capacity: u32;

  static create(capacity: u32): Values {
    if (capacity > 1 << 28) raiseOutOfMemory();
    const list = changetype<Values>(allocObject(VALUES, 8 + (<usize>capacity << 3)));
    list.count = 0;
    list.capacity = capacity;
    return list;
  }

  /** Address of the value at `i`, from 1. */
  // @ts-ignore: decorator
  @inline
  address(i: u32): usize {
    return changetype<usize>(this) + (i << 3);
  }

  /** The value at `i`, from 1; nil beyond the last. */
  // @ts-ignore: decorator
  @inline
  at(i: u32): Value {
    return i - 1 < this.count ? load<u64>(this.address(i)) : nil;
  }

  add(v: Value): Values {
    const list = this.room(1);
    store<u64>(list.address(++list.count), v);
    return list;
  }

  addAll(others: Values): Values {
    return this.addFrom(others.address(1), others.count);
  }

  /** All results of the call just made, of which `first` is the first. */
  addResults(first: Value): Values {
    const count = resultCount;
    if (!count) return this;
    const list = this.add(first);
    return count > 1 ? list.addFrom(resultsAt + 8, count - 1) : list;
  }

  /** The value, or nothing for nil: the result of a call that may give no value at all. */
  addPresent(v: Value): Values {
    return v == nil ? this : this.add(v);
  }

  /** The value at `i`, from 1; `absent` beyond the last. */
  orAbsent(i: u32): Value {
    return i - 1 < this.count ? load<u64>(this.address(i)) : absent;
  }

  /** The values from `i` on, from 1. */
  from(i: u32): Values {
    const list = Values.create(this.count);
    return i > this.count ? list : list.addFrom(this.address(i), this.count - i + 1);
  }

  /** `count` values that lie at `from`. */
  addFrom(from: usize, count: u32): Values {
    const list = this.room(count);
    for (let i: u32 = 0; i < count; i++) store<u64>(list.address(++list.count), load<u64>(from + (i << 3)));
    return list;
  }

  private room(more: u32): Values {
    if (this.capacity - this.count >= more) return this;
    const list = Values.create(max(this.capacity << 1, this.count + more));
    memory.copy(list.address(1), this.address(1), <usize>this.count << 3);
    list.count = this.count;
    return list;
  }
}

// ---------------------------------------------------------------------------------------------------- in the called function

/** Results of the call that returned last. */
export let resultCount: u32 = 0;
/** Address of the first of them. */
let resultsAt: usize = 0;

/** For results that are not in a list. */
const fewResults: usize = memory.data(32, 8);

// @ts-ignore: decorator
@inline
export function return0(): Value {
  resultCount = 0;
  return nil;
}

// @ts-ignore: decorator
@inline
export function return1(a: Value): Value {
  resultCount = 1;
  return a;
}

export function return2(a: Value, b: Value): Value {
  resultCount = 2;
  resultsAt = fewResults;
  store<u64>(fewResults, b, 8);
  return a;
}

export function return3(a: Value, b: Value, c: Value): Value {
  resultCount = 3;
  resultsAt = fewResults;
  store<u64>(fewResults, b, 8);
  store<u64>(fewResults, c, 16);
  return a;
}

/** The values of `list` from the one at `from` on. */
export function returnMany(list: Values, from: u32 = 1): Value {
  resultCount = list.count + 1 - from;
  resultsAt = list.address(from);
  return list.at(from);
}

/** `count` values that lie at `from`. */
export function returnFrom(from: usize, count: u32): Value {
  resultCount = count;
  resultsAt = from;
  return count ? load<u64>(from) : nil;
}

/** `a` in front of them. */
export function returnInFront(a: Value, from: usize, count: u32): Value {
  resultCount = count + 1;
  resultsAt = from - 8;
  return a;
}

/** `a` in front of the results of the call just made, of which `first` is the first. */
export function returnBefore(a: Value, first: Value): Value {
  const count = resultCount;
  if (count == 0) return return1(a);
  if (count == 1) return return2(a, first);
  if (count == 2) return return3(a, first, result(2));
  return returnMany(Values.create(count + 1).add(a).add(first).addFrom(resultsAt + 8, count - 1));
}

// ---------------------------------------------------------------------------------------------------- in the caller

/** The `i`-th result (from 2: the first is what the call returned); nil beyond the last. Only before any other call. */
// @ts-ignore: decorator
@inline
export function result(i: u32): Value {
  return i <= resultCount ? load<u64>(resultsAt + ((i - 1) << 3)) : nil;
}

/** All results of the call just made, of which `first` is the first. */
export function results(first: Value): Values {
  return Values.create(resultCount).addResults(first);
}
