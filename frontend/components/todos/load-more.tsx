"use client";

import { LoaderCircle } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";

type LoadMoreProps = { loading: boolean; failed: boolean; onLoad: () => void };

/** How far below the screen its end may be for more to be loaded ahead. */
const AHEAD = "1200px";

/** Stands at the end of what is loaded and loads more when it comes near; a failure waits for a press. */
export function LoadMore({ loading, failed, onLoad }: LoadMoreProps) {
  const end = useRef<HTMLDivElement>(null);
  const [near, setNear] = useState(false);

  useEffect(() => {
    if (!end.current || typeof IntersectionObserver === "undefined") return;
    const observer = new IntersectionObserver(([entry]) => setNear(entry?.isIntersecting ?? false), {
      rootMargin: AHEAD,
    });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    if (near && !loading && !failed) onLoad();
  }, [near, loading, failed, onLoad]);

  return (
    <div ref={end} className="mt-5 flex justify-center">
      <Button look="outline" aria-disabled={loading} onClick={() => !loading && onLoad()}>
        {loading && <LoaderCircle aria-hidden="true" className="size-4 animate-spin" />}
        {failed ? "That did not work. Try again" : "Show more"}
      </Button>
    </div>
  );
}
