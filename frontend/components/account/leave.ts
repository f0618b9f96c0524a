import { notify } from "@/components/ui/toast";
import { logout } from "@/lib/api/accounts";
import { explain } from "@/lib/api/problem";
import { leaveTo } from "@/lib/leave-to";

/** Logs out and shows the guest's page. */
export async function leave(): Promise<void> {
  try {
    await logout();
    leaveTo("/");
  } catch (error) {
    notify({
      tone: "error",
      title: "You are still logged in",
      description: explain(error),
      action: { label: "Try again", onClick: () => void leave() },
    });
  }
}
