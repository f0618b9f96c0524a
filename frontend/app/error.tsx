"use client";

/** What is shown when rendering failed in a way that nothing else expected. It comes along with every page, so it is plain. */
export default function ErrorPage({ retry }: { retry: () => void }) {
  return (
    <main className="mx-auto flex min-h-dvh max-w-sm flex-col items-center justify-center px-4 text-center text-pretty">
      <h1 className="text-lg font-semibold tracking-tight">This page stumbled</h1>
      <p className="mt-1.5 leading-relaxed text-muted">
        Your todos are safe. Try again, and reload the page if that does not help.
      </p>
      <button
        type="button"
        onClick={() => retry()}
        className="mt-6 min-h-10 rounded-full bg-accent px-4 text-sm font-semibold text-on-accent hover:bg-accent-hover"
      >
        Try again
      </button>
    </main>
  );
}
