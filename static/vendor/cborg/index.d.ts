export * from "cborg";
