/** The strip at the top: the app's name, and what concerns all of it. */
export function AppBar() {
  return (
    <header className="mx-auto flex h-16 w-full max-w-2xl items-center justify-between px-4 sm:px-6">
      <a href="/" className="rounded-lg text-sm font-semibold text-accent">
        Todo
      </a>
      <div className="-mr-3 flex items-center">
        {/* The account's menu and the assistant's button stand here. */}
      </div>
    </header>
  );
}
