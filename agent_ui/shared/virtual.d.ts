declare module "virtual:late-icons" {}
