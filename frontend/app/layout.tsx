import type { Metadata, Viewport } from "next";
import { connection } from "next/server";
import type { ReactNode } from "react";
import { LiveRegion } from "@/components/ui/live-region";
import { Toasts } from "@/components/ui/toasts";
import { fontVariables } from "./fonts";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "Todo", template: "%s · Todo" },
  description: "A calm place for what needs doing.",
};

export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f9f8f4" },
    { media: "(prefers-color-scheme: dark)", color: "#0d1412" },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  // Every page is rendered per request, because its scripts need that request's nonce.
  await connection();
  return (
    <html lang="en" className={fontVariables}>
      <body className="min-h-dvh">
        {children}
        <LiveRegion />
        <Toasts />
      </body>
    </html>
  );
}
