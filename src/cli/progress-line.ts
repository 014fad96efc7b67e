/** One line on standard error that is drawn over, on a terminal only. */
export function progressLine(wanted: boolean): { show(text: string): void; clear(): void } {
  const { stderr } = process;
  const drawn = wanted && stderr.isTTY === true;
  let last = 0;
  return {
    show(text) {
      const now = Date.now();
      if (!drawn || now - last < 100) return;
      last = now;
      stderr.write(`\r\u001b[2K${text}`);
    },
    clear() {
      if (drawn && last > 0) stderr.write("\r\u001b[2K");
    },
  };
}
