/** What the page has but its first rendering has not: keys, more of the list, and words for what is wrong with it. */
export { ListKeys, PageCommands } from "@/components/commands/keys";
export { ListFailed, ListStatus } from "./list-status";
export { LoadMore } from "./load-more";
