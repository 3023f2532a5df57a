// Who may use the routes.

/** Whether the request has the token. Without a token nobody may. */
export async function isAuthorized(request, token) {
  if (!token) return false;
  const sent = request.headers.get("Authorization") ?? "";
  // Digests, because the comparison wants values of one length.
  const [sentDigest, wanted] = await Promise.all([digest(sent), digest(`Bearer ${token}`)]);
  return crypto.subtle.timingSafeEqual(sentDigest, wanted);
}

function digest(text) {
  return crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
}
