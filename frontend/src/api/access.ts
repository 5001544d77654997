import { at, client, unwrap } from "./client";
import type { AccessState, NewShare, RecordingAccess, Share } from "./types";

/** What the server wants of this browser. */
export function getAccess(): Promise<AccessState> {
  return unwrap(client.GET("/api/access"));
}

export function signIn(password: string): Promise<AccessState> {
  return unwrap(client.POST("/api/session", { body: { password } }));
}

export async function signOut(): Promise<void> {
  await unwrap(client.DELETE("/api/session"));
}

/** What this browser may do with a recording. */
export function getRecordingAccess(id: string): Promise<RecordingAccess> {
  return unwrap(client.GET("/api/recordings/{recording_id}/access", { params: { path: at(id) } }));
}

export async function listShares(id: string): Promise<Share[]> {
  const params = { path: at(id) };
  return (await unwrap(client.GET("/api/recordings/{recording_id}/shares", { params }))).shares;
}

/** A new link to look at the recording; its token is told this once. */
export function addShare(id: string): Promise<NewShare> {
  return unwrap(client.POST("/api/recordings/{recording_id}/shares", { params: { path: at(id) } }));
}

export async function withdrawShare(id: string, shareId: string): Promise<void> {
  const params = { path: { ...at(id), share_id: shareId } };
  await unwrap(client.DELETE("/api/recordings/{recording_id}/shares/{share_id}", { params }));
}
