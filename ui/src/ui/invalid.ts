/** The props of a field that is wrong, once the person has tried to send the form. */
export function invalid(tried: boolean, message: string | undefined) {
  return tried && message !== undefined ? ({ validationState: "error", validationMessage: message } as const) : {};
}
