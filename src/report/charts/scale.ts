/** Maps a value to a coordinate. */
export interface Scale {
  (value: number): number;
  readonly ticks: readonly number[];
}

/** Logarithmic, with ticks at 1, 2 and 5 times powers of ten inside the domain. @param domain both above 0 */
export function logScale([from, to]: readonly [number, number], [start, end]: readonly [number, number]): Scale {
  const span = Math.log(to) - Math.log(from);
  const scale = (value: number) => start + ((Math.log(value) - Math.log(from)) / span) * (end - start);
  return Object.assign(scale, { ticks: logTicks(from, to) });
}

/** Linear from 0, with about five round ticks. */
export function linearScale(to: number, [start, end]: readonly [number, number]): Scale {
  const step = roundStep(to / 5);
  const ticks = Array.from({ length: Math.floor(to / step) + 1 }, (_, at) => at * step);
  return Object.assign((value: number) => start + (value / to) * (end - start), { ticks });
}

function logTicks(from: number, to: number): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(from)); 10 ** power <= to; power++) {
    ticks.push(
      ...[1, 2, 5].map((digit) => digit * 10 ** power).filter((tick) => tick >= from * 0.999 && tick <= to * 1.001),
    );
  }
  return ticks;
}

function roundStep(step: number): number {
  if (!(step > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(step));
  return [1, 2, 5, 10].map((digit) => digit * power).find((candidate) => candidate >= step)!;
}
