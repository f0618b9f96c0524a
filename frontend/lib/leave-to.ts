/**
 * Opens one of the app's own pages anew, in place of the current one. Nothing that this page knows is
 * kept, which is right when the visitor has become somebody else.
 */
export function leaveTo(path: string): void {
  window.location.replace(path);
}
