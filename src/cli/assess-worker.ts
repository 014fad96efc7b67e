import { availableParallelism } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { readAnswers } from "../analyzer/answers.js";
import { type AssessFileOptions, assessFile, type FileWithLua } from "../analyzer/assess-file.js";
import { REMEMBERED_CHARACTERS } from "../analyzer/audit-inputs.js";
import { StudyCache } from "../analyzer/study-script.js";
import { judgeLanguage } from "../codegen/judge-language.js";
import type { AssessRequest } from "./assess-pool.js";

const { answers, ...request } = workerData as AssessRequest;
const options: AssessFileOptions = {
  ...request,
  judgeLanguage,
  studies: new StudyCache(REMEMBERED_CHARACTERS / availableParallelism()),
  ...(answers && { answers: readAnswers(answers.file, answers.text) }),
};

// The sites stay where they are: only what was found out goes back.
parentPort?.on("message", (files: readonly FileWithLua[]) =>
  parentPort?.postMessage(files.map((file) => assessFile(file, options).map(({ site: _, ...found }) => found))),
);
