// The extension starts where there is no server and no folder, as on vscode.dev.
import './activation.test';
