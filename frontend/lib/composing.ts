/**
 * Whether a key is the input method's, which composes a word with it. Some browsers report the end of composing
 * before the key that ended it, and then only its old number tells (https://bugs.webkit.org/show_bug.cgi?id=165004).
 */
export function isComposing({
  isComposing,
  keyCode,
}: Pick<KeyboardEvent, "isComposing" | "keyCode">): boolean {
  return isComposing || keyCode === 229;
}
