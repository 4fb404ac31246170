//! Tells Tauri which commands the door has: a command that is not listed here can't be called by the window.

fn main() {
    let commands = tauri_build::AppManifest::new().commands(&["call", "stop", "open_external", "save_file"]);
    let attributes = tauri_build::Attributes::new().app_manifest(commands);
    if let Err(error) = tauri_build::try_build(attributes) {
        // The only words that cargo shows of a build script are those of a failure on its error stream.
        let _ = std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("{error:#}\n"));
        std::process::exit(1);
    }
}
