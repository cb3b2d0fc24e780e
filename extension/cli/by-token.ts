/** Whether this process acts for a machine. In a file of its own: with nothing else loaded, most commands ask it in vain. */
export function isByToken(env: NodeJS.ProcessEnv): boolean {
  return (env.OV_TOKEN ?? "") !== "" || (env.OV_TOKEN_FILE ?? "") !== "";
}
