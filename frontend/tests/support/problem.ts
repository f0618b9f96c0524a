/** A problem document as the backend answers it. */
export function problem(status: number, more: object = {}, headers: HeadersInit = {}): Response {
  return Response.json({ status, title: `problem ${status}`, ...more }, { status, headers });
}
