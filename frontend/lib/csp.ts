/**
 * The page's Content-Security-Policy: scripts only with this request's nonce, nothing from other hosts.
 * Styles may be inline (React's style attributes and the toasts need it). No upgrade-insecure-requests,
 * because the app is also served over plain HTTP.
 */
export function contentSecurityPolicy(nonce: string, development: boolean): string {
  return [
    "default-src 'self'",
    // React explains its development errors with eval.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ""}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}
