/** An HTTP answer. */
export interface Answer {
  readonly status: number;
  /** Names in lower case with their values. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** In ASCII. */
  readonly body: string;
}

/** The answer that the core describes. */
export function parseAnswer(answer: string): Answer {
  const end = answer.indexOf("\n\n");
  const [status, ...lines] = answer.slice(0, end).split("\n");
  const headers = Array.from({ length: lines.length / 2 }, (_, index) => [lines[2 * index]!, lines[2 * index + 1]!] as const);
  return { status: Number(status), headers, body: answer.slice(end + 2) };
}
