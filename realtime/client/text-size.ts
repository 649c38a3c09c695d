/** How many characters a text has, counted as the server counts them: an emoji outside the first plane is one. */
export const sizeOf = (text: string): number => [...text].length
