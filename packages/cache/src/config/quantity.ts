const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** Bytes in a text such as `500MB`, `1.5GiB` or `1024`. @returns `undefined` if it is not one, or no whole bytes */
export function parseSize(text: string): number | undefined {
  const [, digits, unit = 'B'] = /^(\d{1,15}(?:\.\d{1,3})?) ?([KMGT]?i?B)?$/.exec(text) ?? [];
  const factor = UNITS[unit];
  if (digits === undefined || factor === undefined) return undefined;
  const bytes = Math.round(Number(digits) * factor);
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined;
}

/** A number of bytes for users: three digits and a decimal unit, such as `1.23 GB`. */
export function formatSize(bytes: number): string {
  const unit = ['TB', 'GB', 'MB', 'KB'].find((each) => bytes >= (UNITS[each] ?? 1));
  return unit === undefined ? `${bytes} B` : `${Number((bytes / (UNITS[unit] ?? 1)).toPrecision(3))} ${unit}`;
}

const SPANS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds in a text such as `500ms`, `30s`, `10m`, `12h` or `30d`. @returns `undefined` if it is not one */
export function parseDuration(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,9}) ?(ms|s|m|h|d)$/.exec(text) ?? [];
  const ms = Number(digits) * (SPANS[unit] ?? Number.NaN);
  return Number.isSafeInteger(ms) && ms > 0 ? ms : undefined;
}
