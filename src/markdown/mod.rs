//! Markdown as `wf` sees it: a small, flat tree of blocks with exact byte spans.
//!
//! comrak parses; [`parse`] turns its tree into ours, mending the few positions that it gets wrong. No other
//! room names comrak. On top of the tree stand the three things that both the template and the documents are
//! made of: labelled lines ([`label`]), what belongs to a heading or a label ([`content`]), and suppression
//! comments ([`comment`]).

pub mod anchor;
pub mod comment;
pub mod content;
mod convert;
mod front_matter;
mod kind;
pub mod label;
mod repair;
mod shadow;
mod task;
mod tree;

pub use convert::parse;
pub use tree::Block;
pub use tree::BlockId;
pub use tree::BlockKind;
pub use tree::Checkbox;
pub use tree::Fence;
pub use tree::HeadingText;
pub use tree::Inline;
pub use tree::InlineKind;
pub use tree::Tree;
