export * from "@hpke/core";
