/** Middle value; the mean of the two middle ones for an even count. NaN for an empty list. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * Value below which a share `q` (0 to 1) of the values lies, interpolated between neighbours
 * (Hyndman and Fan 1996, definition 7, as R and NumPy have it). NaN for an empty list.
 */
export function quantile(values: readonly number[], q: number): number {
  return sortedQuantile(Float64Array.from(values).sort(), q);
}

/** `quantile` of values that are in ascending order already. */
export function sortedQuantile(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)]!;
  const high = sorted[Math.ceil(at)]!;
  const share = at - Math.floor(at);
  // Written so that two equal infinities stay what they are.
  return share === 0 || low === high ? low : low + (high - low) * share;
}

/** Median absolute deviation from the median: the spread that a few wild values do not move. Not scaled. */
export function medianAbsoluteDeviation(values: readonly number[]): number {
  const middle = median(values);
  return median(values.map((value) => Math.abs(value - middle)));
}

/** Slope and intercept of the least-squares line through the points. NaN slope when all x are equal. */
export function line(points: readonly (readonly [x: number, y: number])[]): { slope: number; intercept: number } {
  const meanX = mean(points.map(([x]) => x));
  const meanY = mean(points.map(([, y]) => y));
  const covariance = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const variance = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const slope = covariance / variance;
  return { slope, intercept: meanY - slope * meanX };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
