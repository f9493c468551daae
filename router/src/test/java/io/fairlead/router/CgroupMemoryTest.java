package io.fairlead.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over files as the kernel has them. */
class CgroupMemoryTest {
  @TempDir Path root;

  private @Nullable CgroupMemory find(String membership) throws IOException {
    return CgroupMemory.find(Files.writeString(root.resolve("self"), membership), root);
  }

  private void file(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @Test
  void readsVersion2WithoutWhatTheKernelWouldGiveUp() throws IOException {
    file("pods/a/memory.current", "1000000\n");
    file("pods/a/memory.max", "2000000\n");
    file("pods/a/memory.stat", "anon 5\ninactive_file 300000\nactive_file 7\n");
    CgroupMemory memory = Objects.requireNonNull(find("0::/pods/a\n"));

    assertThat(memory.used()).isEqualTo(700_000);
    assertThat(memory.most()).isEqualTo(2_000_000);
  }

  @Test
  void takesTheNearestGroupThatHasALimit() throws IOException {
    file("pods/a/memory.current", "10");
    file("pods/a/memory.max", "max");
    file("pods/memory.current", "500");
    file("pods/memory.max", "1000");
    CgroupMemory memory = Objects.requireNonNull(find("0::/pods/a\n"));

    assertThat(memory.used()).isEqualTo(500);
    assertThat(memory.most()).isEqualTo(1_000);
  }

  @Test
  void looksAtTheRootWhereThePathIsTheHosts() throws IOException {
    file("memory.current", "5");
    file("memory.max", "10");
    CgroupMemory memory = Objects.requireNonNull(find("0::/kubepods.slice/pod1234/cri-1\n"));

    assertThat(memory.most()).isEqualTo(10);
  }

  @Test
  void readsVersion1() throws IOException {
    file("memory/docker/x/memory.usage_in_bytes", "900");
    file("memory/docker/x/memory.limit_in_bytes", "1000");
    file("memory/docker/x/memory.stat", "cache 1\ninactive_file 1\ntotal_inactive_file 100\n");
    CgroupMemory memory =
        Objects.requireNonNull(find("12:cpu,cpuacct:/docker/x\n4:memory:/docker/x\n0::/\n"));

    assertThat(memory.used()).isEqualTo(800);
    assertThat(memory.most()).isEqualTo(1_000);
  }

  @Test
  void findsNoLimitWhereThereIsNone() throws IOException {
    file("memory/memory.usage_in_bytes", "900");
    file("memory/memory.limit_in_bytes", "9223372036854771712");
    assertThat(find("4:memory:/\n")).isNull();
    assertThat(find("0::/nowhere\n")).isNull();
    assertThat(find("")).isNull();
    assertThat(CgroupMemory.find(root.resolve("nothing"), root)).isNull();
  }

  @Test
  void doesNotLeaveTheTree() throws IOException {
    Path outside = Files.writeString(root.resolve("memory.max"), "10");
    Files.writeString(outside.resolveSibling("memory.current"), "5");
    Path inner = Files.createDirectory(root.resolve("fs"));
    Path self = Files.writeString(root.resolve("self"), "0::/../\n");
    assertThat(CgroupMemory.find(self, inner)).isNull();
  }
}
