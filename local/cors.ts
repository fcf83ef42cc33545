const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
const EXPOSED = "Content-Range, Content-Location, Preference-Applied, X-Sb-Error-Code";

/** Lets pages of any origin use what `answer` answers, preflights included, as Supabase's gateway does. */
export async function fromAnyOrigin(
  request: Request,
  answer: () => Promise<Response>,
): Promise<Response> {
  const isPreflight = request.method === "OPTIONS" &&
    request.headers.has("access-control-request-method");
  const response = isPreflight ? new Response(null, { status: 204 }) : await answer();
  const headers = new Headers(response.headers);
  headers.set("access-control-allow-origin", "*");
  headers.set("access-control-expose-headers", EXPOSED);
  if (isPreflight) {
    headers.set("access-control-allow-methods", METHODS);
    headers.set(
      "access-control-allow-headers",
      request.headers.get("access-control-request-headers") ?? "",
    );
    headers.set("access-control-max-age", "86400");
  }
  return new Response(response.body, { status: response.status, headers });
}
