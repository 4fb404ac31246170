// Without "always" a computer whose locale is C or POSIX gets no separators.
const numberFormat = new Intl.NumberFormat(undefined, { useGrouping: "always" });
const percentFormat = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 0 });

/** "48,213", with the separators of the person's locale. */
export function grouped(n: number): string {
  return numberFormat.format(n);
}

/** A rate: "1,204", and below ten "3.5". */
export function perSecond(rate: number): string {
  return rate >= 10 || rate === 0 ? grouped(Math.round(rate)) : rate.toFixed(1);
}

/** "54%". Never "100%" before everything is done. */
export function share(part: number, whole: number): string {
  if (whole <= 0) return percentFormat.format(0);
  const exact = part / whole;
  return percentFormat.format(part < whole ? Math.min(exact, 0.99) : exact);
}
