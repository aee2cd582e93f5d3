using Npgsql;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Rooms;

/// <summary>All rooms, for operators.</summary>
public sealed class RoomList(NpgsqlDataSource source)
{
    private const string Sql =
        """
        SELECT r.name, r.title, r.is_public, r.members, coalesce((
                   SELECT string_agg(a.user_name, ' ' ORDER BY a.user_name)
                   FROM room_member c JOIN account a ON a.account_id = c.account_id
                   WHERE c.log_id = r.log_id AND c.role = 4), '')
        FROM room r
        WHERE r.removed_at IS NULL
        ORDER BY r.name
        """;

    /// <summary>Returns them, ordered by name.</summary>
    /// <exception cref="StorageUnavailableException">The database did not answer.</exception>
    public async Task<IReadOnlyList<ListedRoom>> ReadAsync(CancellationToken cancellationToken = default) => await source.QueryAsync(
        "listing rooms", Sql, [],
        reader => new ListedRoom(
            reader.GetString(0), reader.GetString(1), reader.GetBoolean(2), reader.GetInt32(3), reader.GetString(4)),
        cancellationToken);
}

/// <summary>A room as operators see it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Title">Its title.</param>
/// <param name="IsPublic">Whether everybody sees it and may join.</param>
/// <param name="Members">How many members it has.</param>
/// <param name="Owners">The user names of its owners, with spaces between them.</param>
public sealed record ListedRoom(string Name, string Title, bool IsPublic, int Members, string Owners);
