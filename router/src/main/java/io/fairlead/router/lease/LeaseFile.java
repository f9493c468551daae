package io.fairlead.router.lease;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fairlead.router.control.LeaseStore;
import io.fairlead.router.election.LeaseRecord;
import io.fairlead.router.election.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A lease in a file that several processes of one machine share. Its text is its version: no two
 * writes have the same.
 *
 * <p>Who writes holds a lock on the file beside it, {@code NAME.lock}, from comparing to replacing.
 * The text is written to {@code NAME.new}, forced to the disk and given its name, so that a reader
 * and a crash find the old lease or the new one, whole. A process that is stopped in the midst of
 * this keeps the lock: then nobody leads until it goes on or is killed.
 */
public final class LeaseFile implements LeaseStore {
  /** A lock of the operating system is the whole JVM's: its threads need one of their own. */
  private static final ReentrantLock IN_THIS_PROCESS = new ReentrantLock();

  private final Path file;
  private final Path replacement;
  private final Path lock;
  private final Path directory;

  /** Makes the store of a lease in {@code file}, which need not be there yet. */
  public LeaseFile(Path file) {
    this.file = file.toAbsolutePath();
    this.replacement = this.file.resolveSibling(file.getFileName() + ".new");
    this.lock = this.file.resolveSibling(file.getFileName() + ".lock");
    this.directory = this.file.resolveSibling("");
  }

  @Override
  public Reply read() throws InterruptedException {
    try {
      String text = text();
      return text == null ? new Reply.Absent() : new Reply.Found(LeaseText.read(text), text);
    } catch (IOException e) {
      return failed(e);
    } catch (LeaseText.Garbled e) {
      return new Reply.Failed(file + ": no lease: " + e.getMessage());
    }
  }

  @Override
  public Reply write(LeaseRecord record, @Nullable String version) throws InterruptedException {
    if (record.transitions() > Integer.MAX_VALUE) {
      return new Reply.Failed(
          file + ": transitions: " + record.transitions() + " (expected: a lease that is new)");
    }
    IN_THIS_PROCESS.lockInterruptibly();
    try (FileChannel locked =
            FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var _ = locked.lock()) {
      String present = text();
      if (present == null ? version != null : !present.equals(version)) {
        return new Reply.Conflict();
      }
      String text = LeaseText.write(record);
      replace(text);
      return new Reply.Written(text);
    } catch (IOException e) {
      return failed(e);
    } finally {
      IN_THIS_PROCESS.unlock();
    }
  }

  /** Returns what is in the file; null if there is none. */
  private @Nullable String text() throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(LeaseText.MAX_BYTES), UTF_8);
    } catch (NoSuchFileException e) {
      if (Files.isDirectory(directory)) {
        return null;
      }
      throw e;
    }
  }

  private void replace(String text) throws IOException {
    try (FileChannel out =
        FileChannel.open(
            replacement,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(UTF_8));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
    Files.move(
        replacement, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
      names.force(true);
    }
  }

  private Reply failed(IOException cause) throws InterruptedException {
    if (cause instanceof ClosedByInterruptException
        || cause instanceof FileLockInterruptionException
        || cause instanceof InterruptedIOException) {
      throw new InterruptedException("interrupted at " + file);
    }
    String why =
        switch (cause) {
          case NoSuchFileException _ -> "no such directory";
          case AccessDeniedException _ -> "permission denied";
          case FileSystemException e when e.getReason() != null -> e.getReason();
          default -> String.valueOf(cause.getMessage());
        };
    return new Reply.Failed(file + ": " + why + " (expected: a file that can be replaced)");
  }
}
