import type { NextConfig } from "next";
import { PHASE_DEVELOPMENT_SERVER } from "next/constants";

/** Headers that are the same for every answer; the CSP needs a nonce per request and is set in proxy.ts. */
const securityHeaders = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Referrer-Policy", value: "strict-origin-when-cross-origin" },
  { key: "Permissions-Policy", value: "camera=(), geolocation=(), microphone=(), payment=(), usb=()" },
];

export default function config(phase: string): NextConfig {
  const developing = phase === PHASE_DEVELOPMENT_SERVER;
  return {
    output: "standalone",
    outputFileTracingRoot: import.meta.dirname,
    // No image is resized here, and sharp's binaries would be a third of the container image.
    images: { unoptimized: true },
    outputFileTracingExcludes: { "/*": ["node_modules/sharp/**", "node_modules/@img/**"] },
    turbopack: { root: import.meta.dirname },
    // `npm run typecheck` looks at the types, tests included, once; an image is not built slower for them.
    typescript: { ignoreBuildErrors: true },
    poweredByHeader: false,
    agentRules: false,
    devIndicators: false,
    // A page's own scripts in one file instead of six: fewer requests, and what they share is in it once.
    experimental: {
      turbopackChunking: { minChunkSize: 300_000, maxMergeChunkSize: 2_000_000, requestCost: 2_000_000 },
      // What an interrupted server leaves breaks every page of the next: https://github.com/vercel/next.js/issues/96093
      turbopackFileSystemCacheForDev: false,
    },
    // Compressing would hold back the events of a stream that the rewrite below passes on.
    compress: !developing,
    headers: async () => [{ source: "/:path*", headers: securityHeaders }],
    // In production the ingress routes /api. A rewrite is fixed when building, and BACKEND_URL is known when running.
    rewrites: async () =>
      developing
        ? [
            {
              source: "/api/:path*",
              destination: `${process.env.BACKEND_URL ?? "http://localhost:8000"}/api/:path*`,
            },
          ]
        : [],
  };
}
