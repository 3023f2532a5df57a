/** The one of these names that is probably meant; nothing if none is close to what is written. */
export function nearest(written: string, names: readonly string[]): string | undefined {
  const plain = simplified(written);
  const most = Math.min(Math.floor(plain.length / 3), 2);
  const distances = names.map((name) => distance(plain, simplified(name), most));
  const least = Math.min(...distances);
  return least <= most ? names[distances.indexOf(least)] : undefined;
}

/** Programs in other languages write `verify_token`. */
function simplified(name: string): string {
  return name.replace(/[-_]/g, "").toLowerCase();
}

/** How many letters must be changed, added or taken away; where the lengths tell that it is more than `most`, more. */
function distance(from: string, to: string, most: number): number {
  if (Math.abs(from.length - to.length) > most) {
    return most + 1;
  }
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let at = 0; at < from.length; at++) {
    const next = [at + 1];
    for (let other = 0; other < to.length; other++) {
      const changed = row[other]! + (from[at] === to[other] ? 0 : 1);
      next.push(Math.min(changed, row[other + 1]! + 1, next[other]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
