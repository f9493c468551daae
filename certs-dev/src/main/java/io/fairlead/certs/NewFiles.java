package io.fairlead.certs;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Files that are written together or not at all, and never over others.
 *
 * <p>Each is first written whole beside its target and then linked to its name: the link fails if
 * somebody else took the name in the meantime, and no reader ever sees half a file.
 */
public final class NewFiles {
  /** One file to be: {@code secret} ones are readable by their owner alone from the start. */
  public record NewFile(Path path, String content, boolean secret) {}

  private final List<NewFile> files;

  public NewFiles(List<NewFile> files) {
    this.files = List.copyOf(files);
  }

  /**
   * Writes all of them.
   *
   * @throws FileAlreadyExistsException if one is there; nothing is written then
   */
  public void write() throws IOException {
    refuseExisting();
    var temporary = new ArrayList<Path>();
    var linked = new ArrayList<Path>();
    try {
      for (NewFile file : files) {
        createDirectory(file.path().toAbsolutePath().resolveSibling(".").normalize());
        var beside = beside(file.path());
        temporary.add(beside);
        writeWhole(beside, file);
      }
      for (int i = 0; i < files.size(); i++) {
        Files.createLink(files.get(i).path(), temporary.get(i));
        linked.add(files.get(i).path());
      }
    } catch (IOException | RuntimeException e) {
      deleteAll(linked, e);
      throw e;
    } finally {
      for (Path path : temporary) {
        Files.deleteIfExists(path);
      }
    }
  }

  private void refuseExisting() throws FileAlreadyExistsException {
    var existing =
        files.stream()
            .map(NewFile::path)
            .filter(path -> Files.exists(path, LinkOption.NOFOLLOW_LINKS))
            .map(Path::toString)
            .collect(Collectors.joining(", "));
    if (!existing.isEmpty()) {
      throw new FileAlreadyExistsException(existing);
    }
  }

  private static void writeWhole(Path path, NewFile file) throws IOException {
    Files.createFile(path, permissions(path, file.secret() ? "rw-------" : "rw-r--r--"));
    Files.writeString(path, file.content(), StandardCharsets.US_ASCII);
    try (var channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  private static Path beside(Path path) {
    return path.resolveSibling(
        "." + path.getFileName() + "." + ProcessHandle.current().pid() + ".new");
  }

  private static void createDirectory(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory, permissions(directory, "rwx------"));
    }
  }

  private static FileAttribute<?>[] permissions(Path path, String permissions) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  private static void deleteAll(List<Path> paths, Exception reason) {
    for (Path path : paths) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        reason.addSuppressed(e);
      }
    }
  }
}
