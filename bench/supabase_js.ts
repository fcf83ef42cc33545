/** What a function weighs that has nothing but the client in it. */
import { createClient } from "@supabase/supabase-js";

export default createClient;
