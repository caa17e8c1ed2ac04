// Ranks around rows of which only the hash is left: their place is kept, not recomputed (verifier/RULES.md section 6).
//
// The others must stand in the recomputed order. Gaps between their published ranks may be kept places, in all
// formations together no more than there are redacted rows; whoever is compared with a neighbour may be compared with one of them.

const RESTS_ON_OTHERS = new Set(["by", "closed_order"]);

/** How many places are kept free among [recomputed, published] ranks, ascending; null where that explains nothing. */
export function gaps(places) {
  let before = 0, last = null;
  for (const [recomputed, published] of places) {
    const free = published - recomputed;
    if (free < before || (recomputed === last && free !== before)) return null;
    before = free;
    last = recomputed;
  }
  return before;
}

/** The `redacted` rows of a list, to be laid into its formations. */
export class Kept {
  constructor(redacted) {
    this.left = redacted;
    this.touched = new Set();
  }

  /** Whether redacted rows explain the gaps in a formation; they are used up by it. */
  lay(formation, places) {
    const free = gaps([...places].sort((a, b) => a[0] - b[0] || a[1] - b[1]));
    if (!free || free > this.left) return false;
    this.left -= free;
    this.touched.add(formation);
    return true;
  }

  /** Whether differences in `names` may come from a redacted neighbour in this formation. */
  excuses(formation, names) {
    if (!names.every((name) => RESTS_ON_OTHERS.has(name))) return false;
    if (!this.touched.has(formation) && this.left) {
      this.left -= 1;
      this.touched.add(formation);
    }
    return this.touched.has(formation);
  }
}
