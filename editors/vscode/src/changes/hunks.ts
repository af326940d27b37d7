//! Edits of one text by offsets: made, taken back, and taken back after the text has changed further. Knows nothing of
//! VS Code.

/** `text` takes the place of what stands from `start` to `end`. */
export interface Hunk {
  start: number;
  end: number;
  text: string;
}

/** The text after edits that do not overlap. */
export function applied(before: string, hunks: readonly Hunk[]): string {
  let after = "";
  let at = 0;
  for (const { start, end, text } of inOrder(hunks)) {
    after += before.slice(at, start) + text;
    at = end;
  }
  return after + before.slice(at);
}

/** The edits of the text after `hunks` that bring `before` back. */
export function inverse(before: string, hunks: readonly Hunk[]): Hunk[] {
  let shift = 0;
  return inOrder(hunks).map(({ start, end, text }) => {
    const back = { start: start + shift, end: start + shift + text.length, text: before.slice(start, end) };
    shift += text.length - (end - start);
    return back;
  });
}

/** The one edit that makes `after` of `before`. */
export function difference(before: string, after: string): Hunk {
  const [start, end] = region(before, after);
  return { start, end: before.length - end, text: after.slice(start, after.length - end) };
}

/** Edits of `then` as edits of `now`; nothing where what they are about has changed. What has changed is one region:
 * all between what both texts begin and end with. */
export function rebased(then: string, now: string, hunks: readonly Hunk[]): Hunk[] | undefined {
  if (then === now) {
    return [...hunks];
  }
  const [from, fromEnd] = region(then, now);
  const to = then.length - fromEnd;
  const shift = now.length - then.length;
  const moved: Hunk[] = [];
  for (const hunk of hunks) {
    if (hunk.end <= from && hunk.start < from) {
      moved.push(hunk);
    } else if (hunk.start >= to && hunk.end > to) {
      moved.push({ ...hunk, start: hunk.start + shift, end: hunk.end + shift });
    } else {
      return undefined;
    }
  }
  return moved;
}

/** How much two texts have in common at their beginnings and ends. */
function region(a: string, b: string): [start: number, end: number] {
  const most = Math.min(a.length, b.length);
  let start = 0;
  while (start < most && a.charCodeAt(start) === b.charCodeAt(start)) {
    start++;
  }
  let end = 0;
  while (end < most - start && a.charCodeAt(a.length - 1 - end) === b.charCodeAt(b.length - 1 - end)) {
    end++;
  }
  return [start, end];
}

function inOrder(hunks: readonly Hunk[]): Hunk[] {
  return [...hunks].sort((a, b) => a.start - b.start || a.end - b.end);
}
