package dev.tiller.zoo.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlacesTest {
    private static final Path USER = Path.of("/users/ann");

    private static Places linux(Map<String, String> env) {
        return new Places(env, USER, "Linux");
    }

    @Test
    void linuxFollowsTheBaseDirectorySpecification() {
        Places plain = linux(Map.of());
        assertEquals(USER.resolve(".cache/tiller"), plain.cache());
        assertEquals(USER.resolve(".local/share/tiller/models"), plain.models());
        Places set = linux(Map.of("XDG_CACHE_HOME", "/c", "XDG_DATA_HOME", "/d"));
        assertEquals(Path.of("/c/tiller"), set.cache());
        assertEquals(Path.of("/d/tiller/models"), set.models());
        Places relative = linux(Map.of("XDG_CACHE_HOME", "c", "XDG_DATA_HOME", " "));
        assertEquals(plain.cache(), relative.cache());
        assertEquals(plain.models(), relative.models());
    }

    @Test
    void otherSystemsHaveTheirUsualPlaces() {
        Places mac = new Places(Map.of("XDG_CACHE_HOME", "/c"), USER, "Mac OS X");
        assertEquals(USER.resolve("Library/Caches/tiller"), mac.cache());
        assertEquals(USER.resolve("Library/Application Support/tiller/models"), mac.models());
        Places windows = new Places(Map.of("LOCALAPPDATA", "/local"), USER, "Windows 11");
        assertEquals(Path.of("/local/tiller/cache"), windows.cache());
        assertEquals(Path.of("/local/tiller/models"), windows.models());
        Places bare = new Places(Map.of(), USER, "Windows 11");
        assertEquals(USER.resolve("AppData/Local/tiller/models"), bare.models());
    }

    @Test
    void ownVariablesComeFirst() {
        Map<String, String> env =
                Map.of("TILLER_CACHE", "/x", "TILLER_HOME", "/h", "XDG_DATA_HOME", "/d");
        for (String system : List.of("Linux", "Mac OS X", "Windows 10")) {
            Places places = new Places(env, USER, system);
            assertEquals(Path.of("/x"), places.cache());
            assertEquals(Path.of("/h/models"), places.models());
        }
    }

    @Test
    void theSearchEndsInTheUsersOwnFolder() {
        String folders = String.join(File.pathSeparator, "/a", "", " /b ", "c");
        Places places = linux(Map.of("TILLER_MODELS", folders));
        List<Path> named = List.of(Path.of("/a"), Path.of("/b"), Path.of("c"));
        assertEquals(named, places.namedFolders());
        assertEquals(4, places.searchPath().size());
        assertEquals(places.models(), places.searchPath().get(3));
        assertEquals(List.of(), linux(Map.of("TILLER_MODELS", "")).namedFolders());
    }

    @Test
    void saysWhichVariableIsNoPath() {
        Places places = linux(Map.of("TILLER_CACHE", "a\0b"));
        String text = assertThrows(IllegalArgumentException.class, places::cache).getMessage();
        assertTrue(text.startsWith("TILLER_CACHE must name folders, got 'a"), text);
    }

    @Test
    void readsTheSystem() {
        Places places = Places.ofSystem();
        assertTrue(places.searchPath().contains(places.models()));
        assertTrue(places.cache().toString().length() > 1);
    }
}
