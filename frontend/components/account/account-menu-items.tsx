"use client";

import { Download, KeyRound, LogIn, LogOut, Upload, UserPlus, UserX } from "lucide-react";
import { type RefObject, useRef } from "react";
import { type OverlayName, openOverlay } from "@/components/open-overlay";
import { Menu, MenuGroup, MenuItem, MenuLink, MenuSeparator } from "@/components/ui/menu";
import { EXPORT_HREF } from "@/lib/export-href";
import { leave } from "./leave";
import { useMe } from "./use-me";

type AccountMenuItemsProps = {
  anchor: RefObject<HTMLElement | null>;
  label: string;
  onClose: () => void;
};

/** What the account's menu offers; loaded when it is first opened. */
export default function AccountMenuItems({ anchor, label, onClose }: AccountMenuItemsProps) {
  const { guest, email } = useMe();
  const chosen = useRef<OverlayName>(null);

  // A dialog opens once the menu is gone, which gives the focus back to its button; it would take the dialog's.
  function leaveMenu() {
    onClose();
    if (chosen.current) openOverlay(chosen.current);
  }
  const choose = (name: OverlayName) => () => {
    chosen.current = name;
  };

  return (
    <Menu anchor={anchor} label={label} onClose={leaveMenu}>
      {guest && (
        <>
          <MenuGroup label="You are a guest: your todos stay with this browser.">
            <MenuLink icon={LogIn} href="/login">
              Log in
            </MenuLink>
            <MenuLink icon={UserPlus} href="/login?mode=register">
              Create an account
            </MenuLink>
          </MenuGroup>
          <MenuSeparator />
        </>
      )}
      <MenuLink icon={Download} href={EXPORT_HREF} download>
        Export todos
      </MenuLink>
      <MenuItem icon={Upload} onClick={choose("import")}>
        Import todos
      </MenuItem>
      {!guest && (
        <>
          <MenuSeparator />
          <MenuGroup
            label={
              <>
                Logged in as <span className="font-semibold text-ink">{email}</span>
              </>
            }
          >
            <MenuItem icon={KeyRound} onClick={choose("password")}>
              Change password
            </MenuItem>
            <MenuItem icon={LogOut} onClick={leave}>
              Log out
            </MenuItem>
            <MenuItem icon={UserX} danger onClick={choose("delete-account")}>
              Delete account
            </MenuItem>
          </MenuGroup>
        </>
      )}
    </Menu>
  );
}
