const OWN_NAMES = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i;

/** Whether a request came by a name of this machine's own, and not by one that a site had lead here (DNS rebinding). */
export function isByOwnName(request: Request): boolean {
  return OWN_NAMES.test(request.headers.get("host") ?? "");
}

/** A page that no other page may frame, to have its buttons clicked unseen. */
export function unframed(response: Response): Response {
  if (!response.headers.get("content-type")?.startsWith("text/html")) return response;
  const headers = new Headers(response.headers);
  headers.set("x-frame-options", "DENY");
  headers.append("content-security-policy", "frame-ancestors 'none'");
  return new Response(response.body, { status: response.status, headers });
}
